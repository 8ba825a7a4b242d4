import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Compresses each asset once, at build, for the server to send as it is. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir = 'dist' }) {
      const assets = join(dir, 'assets');
      const names = (await readdir(assets)).filter((name) => /\.(?:js|css)$/.test(name));
      for (const name of names) {
        const data = await readFile(join(assets, name));
        await writeFile(join(assets, `${name}.br`), await promisify(brotliCompress)(data));
        await writeFile(join(assets, `${name}.gz`), await promisify(gzip)(data, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress()],
  // `source` bundles the client's TypeScript, so that the page is never built from a stale build of it.
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  build: {
    target: 'es2023',
    // The budget is for the first load; hls.js comes in its own file when a tile falls back to it.
    chunkSizeWarningLimit: 600,
  },
});
