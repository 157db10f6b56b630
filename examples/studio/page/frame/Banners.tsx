/** What holds for the whole page: that the server is gone, or that nothing can be changed. */
import { useLive, useStudio } from "../bridge/react.ts"
import { Notice } from "../parts/Notice.tsx"

/** Why the project is read-only, if it is: in a sentence. */
export const useReadOnly = (): string | undefined => {
  const { status } = useStudio()
  const now = useLive(status)
  if (now._tag === "read-only") return `The project is read-only: ${now.reason}.`
  return now._tag === "closing" || now._tag === "closed" ? "The project is closed." : undefined
}

/** The banners over the panes. */
export const Banners = ({ readOnly }: { readonly readOnly: string | undefined }) => {
  const { connection } = useStudio()
  const { state } = useLive(connection)
  return (
    <div className="banners">
      {state === "open" ? null : (
        <Notice live tone="error" icon="offline" title="The server does not answer">
          What you see is what was known last, and drafts are kept. It connects by itself as soon as the server is
          there.
        </Notice>
      )}
      {readOnly === undefined || state !== "open" ?
        null :
        (
          <Notice live tone="warning" icon="lock" title="Nothing can be changed">
            <bdi>{readOnly}</bdi> Mend that, and use “Refresh all”.
          </Notice>
        )}
    </div>
  )
}
