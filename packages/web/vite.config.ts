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

/** Names the small script that opens the first pictures in the page's head, before the page's own has come. */
function startEarly(): Plugin {
  return {
    name: 'start-early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) => {
        const early = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === 'early');
        if (!early) throw new Error('there is no early script');
        const attrs = {
          type: 'module',
          async: true,
          fetchpriority: 'high',
          crossorigin: true,
          src: `/${early.fileName}`,
        };
        return [{ tag: 'script', attrs, injectTo: 'head' }];
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), startEarly(), precompress()],
  // `source` bundles the client's TypeScript, so that the page is never built from a stale build of it.
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  build: {
    target: 'es2023',
    rolldownOptions: { input: { index: 'index.html', early: 'src/early.ts' } },
    // The budget is for the first load; hls.js comes in its own file when a tile falls back to it.
    chunkSizeWarningLimit: 600,
  },
});
