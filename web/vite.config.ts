import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// `make web-dev`: the page from here, the API from a running service.
const service = process.env.DATAMONKEY_URL ?? 'http://127.0.0.1:9300'

export default defineConfig({
  plugins: [svelte()],
  server: { proxy: { '/api': service, '/docs': service, '/openapi.json': service } },
  build: {
    target: 'es2022',
    // The policy of the page allows no `data:` scripts or fonts: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
