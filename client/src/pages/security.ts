import { startSecurity } from '../app/security-page.ts';

void startSecurity();
