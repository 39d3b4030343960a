// The analyses of the server, each under the filters and the period of the top bar.

import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'

import { api, unwrap, type components } from '@/api/client'

type Schemas = components['schemas']

export type Missing = Schemas['MissingAnalysis']
export type Outliers = Schemas['OutlierAnalysis']
export type Trends = Schemas['TrendsAnalysis']
export type Correlations = Schemas['CorrelationAnalysis']
export type Patterns = Schemas['PatternAnalysis']
export type Cohorts = Schemas['CohortAnalysis']
export type Rfm = Schemas['RfmAnalysis']
export type Pareto = Schemas['ParetoAnalysis']
export type Basket = Schemas['BasketAnalysis']
export type Funnel = Schemas['FunnelAnalysis']
export type Survival = Schemas['SurvivalAnalysis']
export type Explained = Schemas['ExplainAnalysis']

interface Analyses {
  missing: Missing
  outliers: Outliers
  trends: Trends
  correlations: Correlations
  patterns: Patterns
  cohort: Cohorts
  rfm: Rfm
  pareto: Pareto
  basket: Basket
  funnel: Funnel
  survival: Survival
  explain: Explained
}

export type AnalysisName = keyof Analyses
export type AnalysisBody = Schemas['TrendsRequest'] & Pick<Schemas['ExplainRequest'], 'against'>
export type AnalysisQuery<Name extends AnalysisName> = UseQueryResult<Analyses[Name]>

type Ask<Name extends AnalysisName> = (
  body: AnalysisBody,
  signal: AbortSignal,
) => Promise<Analyses[Name]>

const ASK: { [Name in AnalysisName]: Ask<Name> } = {
  missing: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/missing', { body, signal })),
  outliers: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/outliers', { body, signal })),
  trends: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/trends', { body, signal })),
  correlations: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/correlations', { body, signal })),
  patterns: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/patterns', { body, signal })),
  cohort: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/cohort', { body, signal })),
  rfm: async (body, signal) => unwrap(await api.POST('/api/v1/analysis/rfm', { body, signal })),
  pareto: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/pareto', { body, signal })),
  basket: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/basket', { body, signal })),
  funnel: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/funnel', { body, signal })),
  survival: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/survival', { body, signal })),
  explain: async (body, signal) =>
    unwrap(await api.POST('/api/v1/analysis/explain', { body, signal })),
}

/** Old values stay until the answer under the new filters is there. */
export function useAnalysis<Name extends AnalysisName>(
  name: Name,
  body: AnalysisBody,
  enabled = true,
): AnalysisQuery<Name> {
  return useQuery<Analyses[Name]>({
    queryKey: ['analysis', name, body],
    queryFn: ({ signal }) => ASK[name](body, signal),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}
