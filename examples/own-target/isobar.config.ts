import { plainNode } from '@isobar-examples/own-target/build'
import { defineConfig } from 'isobar'

export default defineConfig({ name: 'own-target', functions: 'functions', targets: [plainNode()] })
