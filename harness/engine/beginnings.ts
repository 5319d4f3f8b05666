import type { Frame } from '../model/frame';
import { knowsUser, type Opening } from './opening';

/** So many places are known in one scope, and so many ways to each. */
const MOST_PLACES = 64;
const MOST_WAYS = 8;

/** Whether both are one place in one file. */
export const isSameFrame = (one: Frame | undefined, other: Frame | undefined): boolean =>
  one?.line === other?.line && one?.column === other?.column && one?.file === other?.file;

/**
 * How things were opened in one scope. What re-arms itself is called by Node from its second round on, and then its stack says no more
 * of who began it: the first round's does, which begins with the same frames.
 */
export class Beginnings {
  #ways: Map<string, (readonly Frame[])[]> | undefined;

  /** Remembers the way to an opening. */
  note(opening: Opening | undefined): void {
    if (opening === undefined || opening.frames.length < 2 || !knowsUser(opening)) return;
    const { frames } = opening;
    const place = placeOf(frames[0]);
    this.#ways ??= new Map();
    const ways = this.#ways.get(place);
    if (ways === undefined) {
      if (this.#ways.size < MOST_PLACES) this.#ways.set(place, [frames]);
    } else if (ways.length < MOST_WAYS && !ways.some((way) => isSameFrame(way[1], frames[1]))) ways.push(frames);
  }

  /** The frames of an opening, and beyond them those of the only one that began like it and knows who called; its own if there is none. */
  goingOn(frames: readonly Frame[]): readonly Frame[] {
    const further = this.#ways?.get(placeOf(frames[0]))?.filter((way) => extend(way, frames)) ?? [];
    return further.length === 1 && further[0] !== undefined ? further[0] : frames;
  }
}

const placeOf = (frame: Frame | undefined): string => `${frame?.file}:${frame?.line}:${frame?.column}`;

const extend = (way: readonly Frame[], frames: readonly Frame[]): boolean =>
  way.length > frames.length && frames.every((frame, index) => isSameFrame(frame, way[index]));
