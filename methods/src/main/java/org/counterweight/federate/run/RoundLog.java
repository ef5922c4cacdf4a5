package org.counterweight.federate.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a round.
 *
 * @param round from 1; those over the sources alone before the first are 0 and below
 * @param present clients that took part
 * @param missing why others did not: failed, late, or an update that was no number
 * @param betas weight of each source, where updates were mixed
 * @param variance σ² of the target's update, where it was estimated; null else
 * @param clamped sources of which a squared distance was estimated below 0
 * @param accuracy of the target's model after it, a share
 * @param down bytes sent to clients
 * @param up bytes that came from them
 */
public record RoundLog(
        int round,
        List<String> present,
        Map<String, String> missing,
        Map<String, Double> betas,
        @Nullable Double variance,
        List<String> clamped,
        double accuracy,
        long down,
        long up) {
    public RoundLog {
        present = List.copyOf(present);
        clamped = List.copyOf(clamped);
        missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
        betas = Collections.unmodifiableMap(new LinkedHashMap<>(betas));
    }
}
