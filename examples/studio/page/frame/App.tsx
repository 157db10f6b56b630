/** The whole page: three panes, and a dialog in front of them. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import { ActivityDock } from "../activity/ActivityDock.tsx"
import { useLive, useStudio } from "../bridge/react.ts"
import { type Ask, AskProvider } from "../commands/Ask.ts"
import { Dialogs } from "../commands/Dialogs.tsx"
import { Details } from "../details/Details.tsx"
import { Overview } from "../details/Overview.tsx"
import { SeveralSelected } from "../details/SeveralSelected.tsx"
import type { ListHandle } from "../list/AssetList.tsx"
import { ListPane } from "../list/ListPane.tsx"
import { Announcer } from "../parts/Announcer.tsx"
import { Banners, useReadOnly } from "./Banners.tsx"
import { TopBar } from "./TopBar.tsx"
import { useChosen } from "./useChosen.ts"

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement

/** The whole page. */
export const App = () => {
  const { snapshot } = useStudio()
  const all = useLive(snapshot)
  const { filter, filtering, open, select, selection, view } = useChosen()
  const [ask, setAsk] = useState<Ask | undefined>(undefined)
  const readOnly = useReadOnly()
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<ListHandle>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const { marked } = selection
  const several = useMemo(
    () => marked.size > 1 ? all.listAssets().assets.filter(({ root }) => marked.has(root)) : [],
    [all, marked]
  )
  const clear = useCallback(() => select({ ...selection, marked: new Set() }), [select, selection])

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || isTyping(event.target) || document.querySelector("dialog[open]") !== null) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener("keydown", onKey)
    return () => removeEventListener("keydown", onKey)
  }, [])

  // What opened a dialog may be gone with what it did: the keyboard goes on in the list.
  const hadDialog = useRef(false)
  useEffect(() => {
    if (ask !== undefined) hadDialog.current = true
    else if (hadDialog.current && document.activeElement === document.body) list.current?.focus()
  }, [ask, view.gone])

  return (
    <Announcer>
      <AskProvider value={setAsk}>
        <div className="app">
          <TopBar readOnly={readOnly} />
          <Banners readOnly={readOnly} />
          <ListPane
            found={view.list}
            filtering={filtering}
            onFilter={filter}
            selection={selection}
            onSelect={select}
            onOpen={() => heading.current?.focus()}
            onCreate={() => setAsk({ _tag: "Create" })}
            input={input}
            list={list}
          />
          <main className="main" onKeyDown={(event) => event.key === "Escape" && list.current?.focus()}>
            {several.length > 1
              ? <SeveralSelected assets={several} onClear={clear} />
              : view.selected === undefined
              ? <Overview gone={view.gone} onFilter={filter} onOpen={(root) => void open(root)} />
              : <Details selected={view.selected} heading={heading} />}
          </main>
          <ActivityDock />
        </div>
        <Dialogs
          ask={ask}
          onClose={() => setAsk(undefined)}
          onMade={(root) => void open(root)}
          onSeveralDone={() => {
            clear()
            list.current?.focus()
          }}
        />
      </AskProvider>
    </Announcer>
  )
}
