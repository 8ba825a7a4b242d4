import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // `source` bundles the client's TypeScript, so that the page is never built from a stale build of it.
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  build: {
    target: 'es2023',
    // The budget is for the first load; hls.js comes in its own file when a tile falls back to it.
    chunkSizeWarningLimit: 600,
  },
});
