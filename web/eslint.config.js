import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import svelte from 'eslint-plugin-svelte'
import { defineConfig, globalIgnores } from 'eslint/config'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'
import words from './words.js'

export default defineConfig(
  // What programs make.
  globalIgnores(['dist', 'screenshots', 'src/schema.d.ts']),
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  // Prettier decides how the code is laid out.
  prettier,
  svelte.configs.prettier,
  { files: ['src/**'], languageOptions: { globals: globals.browser } },
  { files: ['*.js', '*.mjs', '*.ts'], languageOptions: { globals: globals.node } },
  // These run in Node, and hand functions to the browser.
  { files: ['tests/**', 'measure.mjs'], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    // Off because state holds maps and sets that are made once and only read: a change is a new one.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  { files: ['src/**'], ignores: ['src/words/**'], plugins: { words }, rules: { 'words/elsewhere': 'error' } },
)
