/** An asset that was changed behind the packer's back, and the way out; its problems say what exactly is different. */
import type { AssetDetails, AssetSummary } from "prometeu-packer"
import { Notice } from "../parts/Notice.tsx"
import { RefreshButton } from "./RefreshButton.tsx"

/** Says that an asset was changed on disk, and adopts that. */
export const DivergenceNotice = ({ divergence: { noticedAt }, summary }: {
  readonly summary: AssetSummary
  readonly divergence: NonNullable<AssetDetails["divergence"]>
}) => (
  <Notice
    live
    tone="warning"
    icon="diverged"
    title="Changed on disk by somebody else"
    action={<RefreshButton assets={[summary]} label="Adopt what is on disk" />}
  >
    Noticed at {new Date(noticedAt).toLocaleTimeString()}. Nothing was overwritten, and nothing will be.
  </Notice>
)
