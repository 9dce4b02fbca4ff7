import { startSignIn } from '../app/sign-in-page.ts';

void startSignIn();
