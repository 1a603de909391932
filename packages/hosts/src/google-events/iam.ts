import type { Terraform } from './terraform.ts'

/** What the deploy files grant: https://github.com/hashicorp/terraform-provider-google/tree/main/website/docs/r, the pages `*_iam` */
export interface Grants {
  /**
   * Whether a member has one of these roles, on a resource by its short name, or on the whole project.
   * @param kinds of the resources that have the name: `google_pubsub_topic`
   * @param member `serviceAccount:a@p.iam.gserviceaccount.com`
   */
  has(kinds: readonly string[], name: string, roles: readonly string[], member: string): boolean
}

/** By the kind of the resource the argument that names it. */
const nameArguments: Record<string, string> = {
  google_pubsub_topic: 'topic',
  google_pubsub_subscription: 'subscription',
  google_cloud_run_service: 'service',
  google_cloud_run_v2_service: 'name',
  google_project: 'project',
}

export const invokerRoles: readonly string[] = ['roles/run.invoker', 'roles/run.servicesInvoker', 'roles/run.admin']
export const publisherRoles: readonly string[] = ['roles/pubsub.publisher', 'roles/pubsub.editor', 'roles/pubsub.admin']
export const subscriberRoles: readonly string[] = [
  'roles/pubsub.subscriber',
  'roles/pubsub.editor',
  'roles/pubsub.admin',
]

export function readGrants(terraform: Terraform): Grants {
  const all = Object.entries(nameArguments).flatMap(([kind, argument]) =>
    ['member', 'binding'].flatMap((form) =>
      terraform.resources(`${kind}_iam_${form}`).map((block) => ({
        kind,
        name: shortName(block.text(argument) ?? ''),
        role: block.text('role') ?? '',
        members: form === 'member' ? [block.text('member') ?? ''] : block.list('members'),
      })),
    ),
  )
  return {
    has: (kinds, name, roles, member) =>
      all.some(
        (one) =>
          (one.kind === 'google_project' || (kinds.includes(one.kind) && one.name === name)) &&
          roles.includes(one.role) &&
          (one.members.includes(member) || one.members.includes('allUsers')),
      ),
  }
}

/** Whether an account may invoke a service; undefined: somebody without an identity. */
export function mayInvoke(grants: Grants, service: string, account: string | undefined): boolean {
  const member = account === undefined ? 'allUsers' : `serviceAccount:${account}`
  return grants.has(['google_cloud_run_service', 'google_cloud_run_v2_service'], service, invokerRoles, member)
}

export function shortName(resource: string): string {
  return resource.slice(resource.lastIndexOf('/') + 1)
}
