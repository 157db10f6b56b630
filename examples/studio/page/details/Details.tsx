/** Everything about the asset that is open. */
import type { Contract, Diagnostic } from "prometeu-packer"
import type { SelectedAsset } from "prometeu-packer/studio"
import type { Ref } from "react"
import { useLive, useStudio } from "../bridge/react.ts"
import { CompositionSection } from "../composition/CompositionSection.tsx"
import { iconOf, pictureOf } from "../list/pictures.ts"
import { Icon } from "../parts/Icon.tsx"
import { Badges } from "../parts/States.tsx"
import { Name, Path } from "../parts/Text.tsx"
import { Thumbnail } from "../parts/Thumbnail.tsx"
import { Actions } from "./Actions.tsx"
import { DivergenceNotice } from "./DivergenceNotice.tsx"
import { RefreshButton } from "./RefreshButton.tsx"

const Diagnostics = ({ diagnostics }: { readonly diagnostics: ReadonlyArray<Diagnostic> }) => (
  <section className="section" aria-label="Problems">
    <h3>Problems</h3>
    <ul className="diagnostics">
      {diagnostics.map(({ code, message, path, severity }, index) => (
        <li key={`${index}${code}`} className={severity}>
          <Icon name={severity} />
          <div>
            <p>
              <span className="unseen">{severity}:</span>
              <bdi>{message}</bdi>
            </p>
            <span className="aside">
              <code>{code}</code> {path === undefined ? null : <Path text={path} />}
            </span>
          </div>
        </li>
      ))}
    </ul>
  </section>
)

const ContractSection = ({ contract: { codec, format, metadata, preload } }: { readonly contract: Contract }) => (
  <section className="section" aria-label="Contract">
    <h3>Contract</h3>
    <dl className="facts">
      <div>
        <dt>Format</dt>
        <dd>
          <Path text={format} />
        </dd>
      </div>
      <div>
        <dt>Codec</dt>
        <dd>
          <Path text={codec} />
        </dd>
      </div>
      <div>
        <dt>Preload</dt>
        <dd>{preload ? "Yes" : "No"}</dd>
      </div>
      {Object.entries(metadata).map(([key, value]) => (
        <div key={key}>
          <dt>
            <Name text={key} />
          </dt>
          <dd>
            <Path text={typeof value === "string" ? value : JSON.stringify(value)} />
          </dd>
        </div>
      ))}
    </dl>
  </section>
)

/** Everything about the asset that is open. */
export const Details = ({ heading, selected: { actions, asset, details } }: {
  readonly selected: SelectedAsset
  /** The keyboard comes here from the list. */
  readonly heading: Ref<HTMLHeadingElement>
}) => {
  const { families, snapshot } = useStudio()
  const view = useLive(snapshot)
  const { contract, diagnostics, divergence, summary } = details
  const family = families.find(({ id }) => id === summary.family)
  return (
    <article className="details" aria-label="Details">
      <header className="details-head">
        <Thumbnail
          root={summary.root}
          file={pictureOf(view, summary.root)}
          icon={iconOf(families, summary)}
        />
        <div>
          <h2 ref={heading} tabIndex={-1}>
            <Name text={summary.name ?? summary.root.split("/").at(-1) ?? ""} />
          </h2>
          <Path className="details-root" text={`assets/${summary.root}`} />
        </div>
        <RefreshButton assets={[summary]} />
        <Badges summary={summary} familyLabel={family?.label ?? summary.family} />
      </header>
      <Actions actions={actions} details={details} />
      {divergence === undefined ? null : <DivergenceNotice divergence={divergence} summary={summary} />}
      {diagnostics.length === 0 ? null : <Diagnostics diagnostics={diagnostics} />}
      {/* A composition belongs to an asset, wherever that is moved: its editor does not begin again. */}
      <CompositionSection key={asset.assetUuid ?? asset.root} asset={asset} family={family} />
      {contract === undefined ? null : <ContractSection contract={contract} />}
      {summary.assetUuid === undefined ? null : (
        <p className="uuid">
          <span>uuid</span> <code>{summary.assetUuid}</code>
        </p>
      )}
    </article>
  )
}
