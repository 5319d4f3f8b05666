/** A path of the report as the repository has it. */
export const repositoryPath = (file: string, base: string): string => {
  const whole: string[] = [];
  for (const part of `${base}/${file}`.split('/')) {
    if (part === '..' && whole.length > 0 && whole.at(-1) !== '..') whole.pop();
    else if (part !== '' && part !== '.') whole.push(part);
  }
  return whole.join('/');
};
