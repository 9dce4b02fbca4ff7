import { startJoin } from '../app/join-page.ts';

void startJoin();
