import { ROUTES } from '../app/routes.ts';
import { startSecurity } from '../app/security-page.ts';

void startSecurity(ROUTES);
