import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { api, sentence, unwrap, type Quality } from '@/api/client'
import { Card } from '@/components/card'
import { cx } from '@/lib/class-names'

import styles from './quality.module.css'

export function AlertsCard(props: { alerts: Quality['alerts']; onChoose: (run: string) => void }) {
  const { alerts, onChoose } = props
  const sorted = alerts.toSorted(
    (a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'),
  )
  return (
    <Card
      title="Alerts"
      sub={alerts.length === 0 ? 'none open' : `${alerts.length} open, the worst first`}
      span={4}
    >
      {alerts.length === 0 ? (
        <div className={styles.fineState}>
          <IconCheck size={16} stroke={1.5} aria-hidden="true" />
          Every newest load got through, and no rule fell below its floor.
        </div>
      ) : (
        <ul className={styles.alerts} tabIndex={0} aria-label="Open alerts">
          {sorted.map((alert, index) => (
            <li key={index}>
              <IconAlertTriangle
                size={16}
                stroke={1.5}
                className={cx(alert.severity === 'bad' ? styles.badIcon : styles.cautionIcon)}
                aria-label={alert.severity === 'bad' ? 'Bad' : 'Caution'}
              />
              <div>
                <b>{alert.title}</b>
                <p>{/[.!?]$/.test(alert.detail) ? alert.detail : `${alert.detail}.`}</p>
                {alert.examples.length > 0 && (
                  <p className="t3">
                    Such as{' '}
                    {alert.examples
                      .map((example) => `line ${example.line} of ${example.file}`)
                      .join(', ')}
                    .
                  </p>
                )}
                {alert.run_id !== null && (
                  <button
                    type="button"
                    className="link"
                    onClick={() => {
                      onChoose(String(alert.run_id))
                    }}
                  >
                    Show the load
                  </button>
                )}
                {alert.can_accept && alert.run_id !== null && <Accept run={alert.run_id} />}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** A new level that is here to stay is not an alarm any more. */
function Accept({ run }: { run: number }) {
  const client = useQueryClient()
  const accept = useMutation({
    mutationFn: async () =>
      unwrap(await api.POST('/api/v1/quality/accept', { body: { run_id: run } })),
    onSuccess: () => client.invalidateQueries(),
  })
  return (
    <>
      {' · '}
      <button
        type="button"
        className="link"
        disabled={accept.isPending}
        title="The trend of this source begins anew with this load"
        onClick={() => {
          accept.mutate()
        }}
      >
        Accept as the new level
      </button>
      {accept.error && <p className="bad">{sentence(accept.error.message)}</p>}
    </>
  )
}
