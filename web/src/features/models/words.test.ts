import { describe, expect, test } from 'vitest'

import type { TaskModels } from '@/api/client'

import { calibrationWords } from './calibration-card'
import { describe as describeFeature } from './segments-panel'
import {
  againstBaseline,
  intervalWords,
  riskOf,
  testWords,
  timesAverage,
  trainedWords,
} from './words'

const task = {
  trained_at: '2026-11-18T04:00:00Z',
  cut_off: '2026-08-22',
  rows_train: 4012,
  rows_test: 1003,
  primary_metric: 'f1',
  in_use: 'xgboost',
  candidates: [{ learner: 'xgboost', label: 'XGBoost', metrics: { f1: 0.712 } }],
  baselines: [
    { name: 'same', label: 'The same for everyone', metrics: { f1: 0 } },
    { name: 'silence', label: 'Silence alone', metrics: { f1: 0.5 } },
  ],
} as unknown as TaskModels

test('a model says when and on what it was trained', () => {
  expect(trainedWords(task)).toBe(
    'Trained 18 Nov on data before 22 Aug · tested on 1,003 later customers',
  )
  expect(trainedWords({ ...task, cut_off: null })).toContain('on 4,012\u00a0customers')
  const unsaid = { ...task, rows_train: null, rows_test: null, base_rate: null }
  expect(trainedWords(unsaid)).toBe(
    'Trained 18 Nov on data before 22 Aug · tested on later customers',
  )
  expect(trainedWords({ ...unsaid, cut_off: null })).toBe(
    'Trained 18 Nov · tested on other customers',
  )
  expect(testWords(unsaid)).toBe('')
})

describe('a model against the best baseline', () => {
  test('wins by name and numbers', () => {
    expect(againstBaseline(task)).toBe(
      'On the test customers XGBoost beats the best baseline (silence alone): F1 0.712 against 0.500.',
    )
  })
  test('or loses, and the page says so', () => {
    const weak = { ...task, baselines: [{ name: 'x', label: 'X', metrics: { f1: 0.8 } }] }
    expect(againstBaseline(weak)).toContain('does not beat')
  })
  test('is not judged without numbers', () => {
    expect(againstBaseline({ ...task, baselines: [] })).toBeNull()
  })
})

test.each([
  [0.63, 0.45, 'High risk'],
  [0.45, 0.45, 'High risk'],
  [0.3, 0.45, 'Above average'],
  [0.1, 0.45, 'Low risk'],
  [0.245, 0.45, 'Average'],
  [0.9, null, 'Above average'],
])('a chance of %d with a cut-off of %s is called: %s', (chance, cutOff, label) => {
  expect(riskOf(chance, cutOff, 0.241).label).toBe(label)
})

test('a multiple of nothing is not told', () => {
  expect(timesAverage(0.63, 0.241)).toBe('2.6\u00a0× the average customer')
  expect(timesAverage(5, 0)).toBeNull()
  expect(timesAverage(0.01, 0.241)).toBe('Under a tenth of the average customer')
})

test('an interval without width is one number', () => {
  const told = (value: number) => value.toFixed(1)
  const output = { value: 1, unit: 'currency' as const, low: 1, high: 1.01 }
  expect(intervalWords(output, told)).toBe('Likely about 1.0')
  expect(intervalWords({ ...output, low: null }, told)).toContain('No interval')
})

test('calibration weighs its bins by their customers', () => {
  expect(
    calibrationWords([
      { predicted: 0.1, observed: 0.2, n: 90 },
      { predicted: 0.9, observed: 0.9, n: 10 },
    ]),
  ).toContain('9.0 points')
})

test('features of segments may be named or described', () => {
  expect(describeFeature('age')).toEqual({ name: 'age' })
  expect(describeFeature({ name: 'age', label: 'Age', unit: 'years' })).toEqual({
    name: 'age',
    label: 'Age',
    unit: 'years',
  })
})
