/** What has just happened, said once: shown for a while, and read out by screen readers. */
import { createContext, type ReactNode, use, useCallback, useEffect, useState } from "react"
import { Icon } from "./Icon.tsx"

interface Announcement {
  readonly text: string
  readonly isShown: boolean
  readonly isGood: boolean
}

type Announce = (text: string, how?: { readonly shown?: boolean; readonly good?: boolean }) => void

const AnnouncerContext = createContext<Announce>(() => {})

/** Says something; `shown: false` says it to screen readers alone, where the page shows it anyway. */
export const useAnnounce = (): Announce => use(AnnouncerContext)

/** How long it is shown. */
const shownFor = 6000

/** Lets everything below say something. */
export const Announcer = ({ children }: { readonly children: ReactNode }) => {
  const [said, setSaid] = useState<Announcement | undefined>(undefined)
  const announce = useCallback<Announce>((text, { good = true, shown = true } = {}) => {
    setSaid({ text, isShown: shown, isGood: good })
  }, [])

  useEffect(() => {
    if (said === undefined) return
    const timer = setTimeout(() => setSaid(undefined), shownFor)
    return () => clearTimeout(timer)
  }, [said])

  return (
    <AnnouncerContext value={announce}>
      {children}
      <div className="announcer" role="status" aria-live="polite">
        {said === undefined ? null : (
          <div className={said.isShown ? "toast" : "unseen"}>
            <Icon name={said.isGood ? "registered" : "info"} />
            <bdi>{said.text}</bdi>
          </div>
        )}
      </div>
    </AnnouncerContext>
  )
}
