// The frame around every page: rail, top bar, and the page once the workspace is known.

import { IconDatabaseImport } from '@tabler/icons-react'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'

import type { Workspace } from '@/api/client'
import { useWorkspaceQuery } from '@/api/workspace'
import { Card, queryState } from '@/components/card'
import { MarkMenuProvider } from '@/components/mark-menu'
import { PageExportContext, type PageExport } from '@/components/page-export'
import { RowsPanel } from '@/components/rows-panel'
import { cx } from '@/lib/class-names'
import { FormatContext } from '@/lib/format-context'
import { createFormat } from '@/lib/number-format'
import { NARROW, useMedia } from '@/lib/use-media'

import { HelpDialog } from './help-dialog'
import { useKeyboard } from './keyboard'
import { BottomBar, Rail } from './rail'
import styles from './shell.module.css'
import { TopBar } from './top-bar'

const KEY = 'cip-rail'

function storedRail(): boolean | null {
  try {
    const text = window.localStorage.getItem(KEY)
    return text === null ? null : text === 'mini'
  } catch {
    return null
  }
}

function useRail(): { mini: boolean; toggle: () => void } {
  const narrow = useMedia(NARROW)
  const { pathname } = useLocation()
  const [chosen, setChosen] = useState(storedRail)
  const mini = narrow || (chosen ?? pathname === '/analytics')
  const toggle = useCallback(() => {
    setChosen(!mini)
    try {
      window.localStorage.setItem(KEY, mini ? 'full' : 'mini')
    } catch {
      // Folded for now, not remembered.
    }
  }, [mini])
  return { mini, toggle }
}

export function Shell() {
  const workspace = useWorkspaceQuery()
  const { mini, toggle } = useRail()
  const [help, setHelp] = useState(false)
  const [offer, setOffer] = useState<PageExport | null>(null)
  const toggleHelp = useCallback(() => {
    setHelp((old) => !old)
  }, [])
  useKeyboard({ toggleRail: toggle, toggleHelp })
  const currency = workspace.data?.model.currency ?? 'EUR'
  const format = useMemo(() => createFormat(currency), [currency])
  return (
    <FormatContext value={format}>
      <a className={styles.skip} href="#page">
        Skip to the page
      </a>
      <div className={cx(styles.app, mini && styles.mini)}>
        <Rail workspace={workspace.data} mini={mini} />
        <div className={styles.main}>
          {workspace.data ? (
            <TopBar workspace={workspace.data} offer={offer} onHelp={toggleHelp} />
          ) : (
            <div className={styles.noBar} />
          )}
          <main id="page" className={styles.page} tabIndex={-1}>
            <PageExportContext value={setOffer}>
              {workspace.data ? (
                <MarkMenuProvider>
                  <PageOrEmpty workspace={workspace.data} />
                  <RowsPanel />
                </MarkMenuProvider>
              ) : (
                <Card title="Workspace" height={240} state={queryState(workspace)} />
              )}
            </PageExportContext>
          </main>
        </div>
      </div>
      <BottomBar />
      <HelpDialog
        open={help}
        version={workspace.data?.version ?? ''}
        onClose={() => {
          setHelp(false)
        }}
      />
    </FormatContext>
  )
}

/** Without a single fact only the pages about loading have something to say. */
function PageOrEmpty({ workspace }: { workspace: Workspace }) {
  const { pathname } = useLocation()
  if (workspace.data.from !== null || pathname === '/quality') return <Outlet />
  return (
    <Card title={workspace.name}>
      <div className={styles.empty}>
        <IconDatabaseImport size={24} stroke={1.5} aria-hidden="true" />
        <b>No data yet</b>
        <span>
          <Link className="link" to="/quality">
            Drop a file on Data quality
          </Link>
          , or put files into the inbox of this workspace and run <code>cip ingest</code>. This page
          shows them on the next load.
        </span>
      </div>
    </Card>
  )
}
