import { cloudRun } from '@isobar/cloud-run/build'
import { capabilityKeys, type Absence, type Capabilities, type CapabilityKey } from '@isobar/core'

/** Capabilities of a door that can do all but these. */
export function allBut(absent: readonly CapabilityKey[], absence: Absence): Capabilities {
  const capabilities: Capabilities = { ...cloudRun().capabilities }
  for (const key of capabilityKeys) capabilities[key] = absent.includes(key) ? absence : true
  return capabilities
}
