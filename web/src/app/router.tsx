import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
} from '@tanstack/react-router'

import { Card } from '@/components/card'
import { analyticsSearch } from '@/features/analytics/search'
import { executiveSearch } from '@/features/executive/search'
import { modelsSearch } from '@/features/models/search'
import { qualitySearch } from '@/features/quality/search'
import { querySearch } from '@/features/query/search'
import { reportsSearch } from '@/features/reports/search'
import { parseSearch, stringifySearch, viewSearch } from '@/lib/view-search'

import { Shell } from './shell'

const rootRoute = createRootRoute({
  component: Shell,
  validateSearch: viewSearch,
  notFoundComponent: () => (
    <Card title="There is no such page">
      <p>
        The address names no page.{' '}
        <Link to="/" className="link">
          Go to the executive dashboard
        </Link>
      </p>
    </Card>
  ),
})

// Each page is a chunk of its own, fetched when somebody goes there or is about to.
const executiveRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: executiveSearch,
  component: lazyRouteComponent(() => import('@/features/executive/page'), 'ExecutivePage'),
})

const analyticsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/analytics',
  validateSearch: analyticsSearch,
  component: lazyRouteComponent(() => import('@/features/analytics/page'), 'AnalyticsPage'),
})

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models',
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import('@/features/models/page'), 'ModelsPage'),
})

const queryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/query',
  validateSearch: querySearch,
  component: lazyRouteComponent(() => import('@/features/query/page'), 'QueryPage'),
})

const qualityRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quality',
  validateSearch: qualitySearch,
  component: lazyRouteComponent(() => import('@/features/quality/page'), 'QualityPage'),
})

const reportsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reports',
  validateSearch: reportsSearch,
  component: lazyRouteComponent(() => import('@/features/reports/page'), 'ReportsPage'),
})

const routeTree = rootRoute.addChildren([
  executiveRoute,
  analyticsRoute,
  modelsRoute,
  queryRoute,
  qualityRoute,
  reportsRoute,
])

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => (
    <Card
      title="This page"
      state={{
        kind: 'failed',
        title: 'This page could not be drawn',
        detail: `Nothing is lost. Technical cause: ${error instanceof Error ? error.message : String(error)}`,
        retry: reset,
      }}
    />
  ),
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
