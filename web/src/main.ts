import { mount } from 'svelte'
import App from './App.svelte'
import './styles/tokens.css'
import './styles/base.css'
import './styles/components.css'
import './styles/figures.css'
import './styles/print.css'

const target = document.getElementById('app')
if (target) mount(App, { target })
