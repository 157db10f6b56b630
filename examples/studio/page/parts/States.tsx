/** The states of an asset: each has a shape, a word, and a colour, in this order of importance. */
import type { AssetSummary, RegistrationState, Severity } from "prometeu-packer"
import { Icon, type IconName } from "./Icon.tsx"
import { count } from "./Text.tsx"

/** The words for how an asset stands with the registry. */
export const registrationWords: Readonly<Record<RegistrationState, string>> = {
  registered: "Registered",
  unregistered: "Not registered",
  missing: "Missing",
  unknown: "Unknown"
}

const severities: ReadonlyArray<readonly [Severity, string]> = [["error", "error"], ["warning", "warning"], [
  "info",
  "note"
]]

const Sign = ({ children, icon, tone, word }: {
  readonly icon: IconName
  readonly word: string
  readonly tone: string
  readonly children?: string
}) => (
  <span className={`sign ${tone}`} title={word}>
    <Icon name={icon} />
    {children === undefined ? null : <span aria-hidden="true">{children}</span>}
    <span className="unseen">{word}</span>
  </span>
)

/** The states of an asset in as little room as there is in a list. */
export const Signs = ({ hasDraft, summary }: { readonly summary: AssetSummary; readonly hasDraft: boolean }) => (
  <span className="signs">
    {hasDraft ? <Sign icon="draft" word="Has a draft" tone="accent" /> : null}
    {summary.diverged ? <Sign icon="diverged" word="Changed on disk" tone="warning" /> : null}
    {severities.map(([severity, word]) => {
      const many = summary.diagnostics[severity]
      return many === 0
        ? null
        : <Sign key={severity} icon={severity} word={count(many, word)} tone={severity}>{String(many)}</Sign>
    })}
    {summary.includedInBuild === undefined ? null : (
      <Sign
        icon={summary.includedInBuild ? "included" : "excluded"}
        word={summary.includedInBuild ? "In the build" : "Not in the build"}
        tone={summary.includedInBuild ? "quiet" : "faint"}
      />
    )}
    <Sign
      icon={summary.registration}
      word={registrationWords[summary.registration]}
      tone={summary.registration === "registered" ? "good" : summary.registration === "missing" ? "error" : "faint"}
    />
  </span>
)

/** One state in words, where there is room for them. */
export const Badge = ({ icon, tone = "quiet", word }: {
  readonly icon: IconName
  readonly word: string
  readonly tone?: "good" | "error" | "warning" | "info" | "quiet" | "accent"
}) => (
  <span className={`badge ${tone}`}>
    <Icon name={icon} size={14} />
    {word}
  </span>
)

/** The states of an asset in words. */
export const Badges = ({ familyLabel, summary }: {
  readonly summary: AssetSummary
  readonly familyLabel: string | undefined
}) => {
  const { assetId, diverged, includedInBuild, registration } = summary
  const tone = registration === "registered" ? "good" : registration === "missing" ? "error" : "quiet"
  return (
    <div className="badges">
      <Badge icon={registration} word={registrationWords[registration]} tone={tone} />
      {assetId === undefined ? null : <Badge icon="link" word={`Id ${assetId}`} />}
      {includedInBuild === undefined ? null : (
        <Badge
          icon={includedInBuild ? "included" : "excluded"}
          word={includedInBuild ? "In the build" : "Not in the build"}
        />
      )}
      {familyLabel === undefined ? null : <Badge icon="folder" word={familyLabel} />}
      {diverged ? <Badge icon="diverged" word="Changed on disk" tone="warning" /> : null}
    </div>
  )
}
