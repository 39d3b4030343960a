// The one door to the server. Types come from the OpenAPI document; failures become ApiError.

import createClient from 'openapi-fetch'

import type { components, paths } from './schema.gen'

type Schemas = components['schemas']

export type Workspace = Schemas['Workspace']
export type Metric = Schemas['Metric']
export type Dimension = Schemas['Dimension']
export type Query = Schemas['Query']
export type Condition = Schemas['Condition']
export type Answer = Schemas['Answer']
export type Column = Schemas['Column']
export type Value = Schemas['Value']
export type Problem = Schemas['Problem']
export type Quality = Schemas['Quality']
export type ModelsOverview = Schemas['ModelsOverview']
export type TaskModels = Schemas['TaskModels']
export type SegmentModel = Schemas['SegmentModel']
export type Feature = Schemas['Feature']
export type Prediction = Schemas['Prediction']
export type Customer = Schemas['Customer']
export type Report = Schemas['Report']
export type ReportName = Schemas['ReportName']
export type RowsRequest = Schemas['RowsRequest']
export type RowsBehind = Schemas['RowsBehind']
export type Inspection = Schemas['Inspection']
export type OutlierColumn = Schemas['OutlierColumn']
export type { components, paths } from './schema.gen'

// The fetch of the moment, so that tests may put another one in its place.
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => globalThis.fetch(request),
})

export class ApiError extends Error {
  readonly code: Problem['code']

  constructor(problem: Problem) {
    super(problem.message)
    this.name = 'ApiError'
    this.code = problem.code
  }
}

/** What openapi-fetch hands back, as the data or as an exception. */
export function unwrap<Data>(result: {
  data?: Data
  error?: { error: Problem }
  response: Response
}): Data {
  if (result.data !== undefined) return result.data
  const problem = result.error?.error
  // A proxy or a dying server may answer with something that is not ours.
  throw new ApiError(
    problem ?? { code: 'internal', message: `the server answered ${result.response.status}` },
  )
}

/** Whether trying the same again may help. */
export const isPassing = (error: unknown) =>
  !(error instanceof ApiError) || error.code === 'unavailable' || error.code === 'internal'

/** First letter large and a full stop: the server speaks in lower case, cards in sentences. */
export function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
