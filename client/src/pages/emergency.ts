import { ROUTES } from '../app/routes.ts';
import { startApp } from '../app/start.ts';

void startApp(ROUTES);
