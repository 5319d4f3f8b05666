/**
 * The project's configuration from what Jest hands to an environment's constructor.
 * @throws Error with the Jest that is needed, if there is none in it: Jest 27 and older hand over the project's itself
 */
export function projectConfigOf<Project>(config: { readonly projectConfig?: Project }): Project {
  const { projectConfig } = config;
  if (projectConfig === undefined) {
    throw new Error(
      'leakgate needs Jest 29 or later. The Jest that is running is older: update it, or run it without leakgate.',
    );
  }
  return projectConfig;
}
