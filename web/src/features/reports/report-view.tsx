import { IconArrowLeft, IconDownload, IconPrinter } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { api, sentence, unwrap, type Report, type ReportName } from '@/api/client'
import { useWorkspace } from '@/api/workspace'
import { Button } from '@/components/button'
import buttons from '@/components/button.module.css'
import { Card, queryState } from '@/components/card'
import { PageHead } from '@/components/page-head'
import { usePageExport } from '@/components/page-export'
import { useView } from '@/components/view'
import { cx } from '@/lib/class-names'
import { addDays, formatSpan } from '@/lib/dates'

import { printLight } from './print'
import './print.css'
import { ReportSection } from './report-section'
import styles from './reports.module.css'

export function ReportView({ name }: { name: ReportName }) {
  const workspace = useWorkspace()
  const { range, filters } = useView()
  const span = { from: range.from, to: range.to }
  const report = useQuery({
    queryKey: ['report', name, span],
    queryFn: async ({ signal }) =>
      unwrap(
        await api.GET('/api/v1/reports/{name}', {
          params: { path: { name }, query: span },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const csv = `/api/v1/reports/${name}.csv?${new URLSearchParams(span).toString()}`
  usePageExport(report.data?.title ?? 'Report', csv)
  const state = queryState(report)
  return (
    <>
      <PageHead title={report.data?.title ?? 'Report'} news={periodOf(report.data, span)}>
        <Link
          to="/reports"
          search={(old) => ({ ...old, name: undefined })}
          className={cx(buttons.button, buttons.quiet, 'not-printed')}
        >
          <IconArrowLeft size={14} stroke={1.5} aria-hidden="true" />
          All reports
        </Link>
        <a
          className={cx(buttons.button, buttons.plain, 'not-printed')}
          href={csv}
          download={`${name}-report.csv`}
        >
          <IconDownload size={14} stroke={1.5} aria-hidden="true" />
          Save as CSV
        </a>
        <Button
          icon={IconPrinter}
          className="not-printed"
          disabled={!report.data}
          onClick={() => {
            void printLight()
          }}
        >
          Print
        </Button>
      </PageHead>
      {filters.length > 0 && (
        <p className={cx(styles.remark, 'not-printed')}>
          Prepared reports cover all data of the period; the filters of the top bar do not apply.
        </p>
      )}
      {report.data ? (
        <article className={styles.report} aria-busy={report.isPlaceholderData}>
          <Summary report={report.data} />
          {report.data.sections.map((section) => (
            <ReportSection
              key={section.title}
              section={section}
              workspace={workspace}
              stale={report.isPlaceholderData}
            />
          ))}
          {report.data.sections.length === 0 && (
            <Card
              title="Sections"
              state={{
                kind: 'empty',
                title: 'The model of this workspace has nothing for this report',
                detail: 'It needs metrics and dimensions that the loaded tables do not have.',
              }}
            />
          )}
        </article>
      ) : (
        <Card title="Report" height={320} state={state} />
      )}
    </>
  )
}

/** The period the server reported on, or the one asked for until it has. */
function periodOf(report: Report | undefined, asked: { from: string; to: string }): string {
  const from = report?.from ?? asked.from
  const to = report?.to ?? asked.to
  return formatSpan(from, addDays(to, -1), true)
}

function Summary({ report }: { report: Report }) {
  if (report.summary.length === 0) return null
  return (
    <Card title="In short">
      <ul className={styles.summary}>
        {report.summary.map((line) => (
          <li key={line}>{sentence(line)}</li>
        ))}
      </ul>
    </Card>
  )
}
