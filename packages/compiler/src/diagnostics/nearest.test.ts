import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test('finds the word that a slip of the fingers meant', () => {
  const words = ['build', 'check', 'conform']
  expect(nearest('biuld', words)).toBe('build')
  expect(nearest('chek', words)).toBe('check')
  expect(nearest('Conforn', words)).toBe('conform')
  expect(nearest('con', words)).toBe('conform')
  expect(nearest('deploy', words)).toBeUndefined()
  expect(nearest('x', words)).toBeUndefined()
})
