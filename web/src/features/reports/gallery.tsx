// The prepared reports: what each answers, one click away.

import {
  IconChartBar,
  IconChevronRight,
  IconFileText,
  IconPackage,
  IconShoppingCart,
  IconSpeakerphone,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api, unwrap, type ReportName } from '@/api/client'
import { Card, queryState } from '@/components/card'
import cardStyles from '@/components/card.module.css'
import { Grid, spanClass } from '@/components/grid'
import { PageHead } from '@/components/page-head'
import { useView } from '@/components/view'
import { cx } from '@/lib/class-names'
import { addDays, formatSpan } from '@/lib/dates'

import styles from './reports.module.css'

const ICONS: Record<ReportName, Icon> = {
  executive: IconChartBar,
  sales: IconShoppingCart,
  customer: IconUsers,
  product: IconPackage,
  marketing: IconSpeakerphone,
}

export const useReportList = () =>
  useQuery({
    queryKey: ['reports'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/reports', { signal })).reports,
    staleTime: Infinity,
  })

export function Gallery() {
  const list = useReportList()
  const { range } = useView()
  const period = formatSpan(range.from, addDays(range.to, -1), true)
  return (
    <>
      <PageHead
        title="Reports"
        news={`Prepared reports over **${period}**, to read, print or take along as CSV.`}
      />
      {list.data ? (
        <Grid>
          {list.data.map((report) => {
            const Glyph = ICONS[report.name] as Icon | undefined
            return (
              <Link
                key={report.name}
                to="/reports"
                search={(old) => ({ ...old, name: report.name })}
                className={cx(cardStyles.card, spanClass(4), styles.entry)}
              >
                <span className={styles.glyph}>
                  {Glyph ? (
                    <Glyph size={18} stroke={1.5} aria-hidden="true" />
                  ) : (
                    <IconFileText size={18} stroke={1.5} aria-hidden="true" />
                  )}
                </span>
                <span className={styles.about}>
                  <h2>{report.title}</h2>
                  <span>{report.description}</span>
                </span>
                <IconChevronRight size={16} stroke={1.5} className="t3" aria-hidden="true" />
              </Link>
            )
          })}
          {list.data.length === 0 && <Card title="This workspace has no reports" span={12} />}
        </Grid>
      ) : (
        <Card title="Reports" height={160} state={queryState(list)} />
      )}
    </>
  )
}
