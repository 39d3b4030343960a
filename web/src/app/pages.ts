// The six pages, in the order of the rail.

import {
  IconBinaryTree,
  IconChartBar,
  IconFileText,
  IconFilter2,
  IconShieldCheck,
  IconTrendingUp,
  type Icon,
} from '@tabler/icons-react'

export interface Page {
  to: '/' | '/analytics' | '/models' | '/query' | '/quality' | '/reports'
  label: string
  short: string // In the bar of a phone.
  key: string // After g.
  icon: Icon
}

export const PAGES: readonly Page[] = [
  { to: '/', label: 'Executive dashboard', short: 'Executive', key: 'e', icon: IconChartBar },
  { to: '/analytics', label: 'Analytics', short: 'Analytics', key: 'a', icon: IconTrendingUp },
  { to: '/models', label: 'Models', short: 'Models', key: 'm', icon: IconBinaryTree },
  { to: '/query', label: 'Query builder', short: 'Query', key: 'q', icon: IconFilter2 },
  { to: '/quality', label: 'Data quality', short: 'Quality', key: 'd', icon: IconShieldCheck },
  { to: '/reports', label: 'Reports', short: 'Reports', key: 'r', icon: IconFileText },
]
