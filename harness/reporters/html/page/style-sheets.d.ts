/** Bundled into one beside the script. */
declare module '*.css';
