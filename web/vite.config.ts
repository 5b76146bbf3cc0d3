import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// `make web-dev`: the page from here, the API from a running service.
const service = process.env.DATAMONKEY_URL ?? 'http://127.0.0.1:9300'

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    // What jsPDF would load for pages of HTML; figures are drawings.
    alias: Object.fromEntries(
      ['canvg', 'dompurify', 'html2canvas'].map((name) => [name, '/src/results/figures/absent.ts']),
    ),
  },
  server: { proxy: { '/api': service, '/docs': service, '/openapi.json': service } },
  build: {
    target: 'es2022',
    // The policy of the page allows no `data:` scripts or fonts: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
