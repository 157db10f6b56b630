/** A button that can always be reached: one that does nothing now says why. */
import { type ComponentProps, type ReactNode, useId } from "react"
import { Icon, type IconName } from "./Icon.tsx"

interface ButtonProps extends Omit<ComponentProps<"button">, "disabled"> {
  readonly kind?: "plain" | "primary" | "danger" | "quiet"
  readonly icon?: IconName
  /** Why it does nothing now. */
  readonly reason?: string | undefined
  readonly children?: ReactNode
}

/**
 * A button. With a `reason` it is there, does nothing, and tells the reason to whoever points at it, comes to it by
 * keyboard, or hears it: a dead button explains nothing.
 */
export const Button = (
  { children, className, icon, kind = "plain", onClick, reason, type = "button", ...others }: ButtonProps
) => {
  const id = useId()
  const isIconOnly = children === undefined
  const button = (
    <button
      {...others}
      type={type}
      className={`button ${kind} ${isIconOnly ? "icon-only" : ""} ${className ?? ""}`}
      aria-disabled={reason === undefined ? undefined : true}
      aria-describedby={reason === undefined ? others["aria-describedby"] : id}
      onClick={reason === undefined ? onClick : (event) => event.preventDefault()}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {isIconOnly ? null : <span>{children}</span>}
    </button>
  )
  if (reason === undefined) return button
  return (
    <span className="with-reason">
      {button}
      <span className="reason" id={id} role="tooltip">{reason}</span>
    </span>
  )
}
