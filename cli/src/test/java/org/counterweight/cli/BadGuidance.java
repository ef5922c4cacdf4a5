package org.counterweight.cli;

import java.util.List;

/** Guidance schedules that are none. */
final class BadGuidance {
    private BadGuidance() {}

    static List<BadInput> schedules() {
        return List.of(
                BadInput.of("a shape that is misspelt", s -> List.of("guide", "linar"), "linar", "linear"),
                BadInput.of(
                        "no steps",
                        s -> List.of("guide", "--steps", "0"),
                        "steps: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "a power of nothing",
                        s -> List.of("guide", "pcs", "--power", "0"),
                        "guidance.s: 0.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "an interval without its end",
                        s -> List.of("guide", "interval_index", "--from", "3"),
                        "guidance.hi: an interval needs it; set lo and hi"),
                BadInput.of(
                        "an interval that ends before it begins",
                        s -> List.of("guide", "interval_index", "--from", "5", "--to", "3"),
                        "guidance.lo: 5.0 is not allowed; expected a number of at most guidance.hi"),
                BadInput.of(
                        "levels of noise on a grid without any",
                        s -> List.of("guide", "interval", "--from", "1", "--to", "3"),
                        "guidance in an interval of levels needs a grid with levels",
                        "--grid timesteps"),
                BadInput.of(
                        "a mean of zero to divide by",
                        s -> List.of("guide", "linear", "--steps", "1", "--normalize", "discrete"),
                        "guidance.normalize: discrete divides by the mean of the shape, which is 0 over these steps"));
    }
}
