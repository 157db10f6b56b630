/** Reads assets again, and adopts what is on disk. */
import { Effect, Exit } from "effect"
import type { AssetSummary } from "prometeu-packer"
import { useState } from "react"
import { messageOf, useStudio } from "../bridge/react.ts"
import { calledBy, refTo } from "../commands/Ask.ts"
import { useAnnounce } from "../parts/Announcer.tsx"
import { Button } from "../parts/Button.tsx"
import { count } from "../parts/Text.tsx"

/** How many are read at the same time. */
const atOnce = 8

/** Reads assets again. */
export const RefreshButton = ({ assets, label = "Refresh" }: {
  readonly assets: ReadonlyArray<AssetSummary>
  readonly label?: string
}) => {
  const { packer, run } = useStudio()
  const announce = useAnnounce()
  const [isRunning, setRunning] = useState(false)
  const refresh = async () => {
    setRunning(true)
    const exit = await run(
      Effect.forEach(assets, (asset) => packer.refreshAsset(refTo(asset)), { concurrency: atOnce, discard: true })
    )
    setRunning(false)
    const [asset] = assets
    const what = assets.length === 1 && asset !== undefined ? calledBy(asset) : count(assets.length, "asset")
    if (Exit.isSuccess(exit)) announce(`Read ${what} again`)
    else announce(messageOf(exit.cause), { good: false })
  }
  return (
    <Button icon="refresh" reason={isRunning ? "It is being read." : undefined} onClick={() => void refresh()}>
      {label}
    </Button>
  )
}
