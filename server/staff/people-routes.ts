// /v1/staff: people of the regroupements' offices come in, and see to how they do.
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { staffAlertRoutes } from './people/alert-routes.ts';
import { staffInvitationRoutes, staffJoinRoutes } from './people/invitation-routes.ts';
import { staffMeRoutes } from './people/me-routes.ts';
import { staffFactorRoutes } from './sign-in/factor-routes.ts';
import { staffPasswordRoutes, staffResetRoutes } from './sign-in/password-routes.ts';
import { currentSessionRoutes, staffSessionRoutes } from './sign-in/session-routes.ts';
import { ownPage } from './signed-in.ts';

export function staffPeopleRoutes(deps: Deps) {
  return new Hono<BaseEnv>()
    .use(ownPage(deps))
    .route('/', staffSessionRoutes(deps))
    .route('/', currentSessionRoutes(deps))
    .route('/', staffResetRoutes(deps))
    .route('/', staffPasswordRoutes(deps))
    .route('/', staffInvitationRoutes(deps))
    .route('/', staffJoinRoutes(deps))
    .route('/', staffFactorRoutes(deps))
    .route('/', staffMeRoutes(deps))
    .route('/', staffAlertRoutes(deps));
}
