package org.counterweight.guide.learn;

import java.util.Locale;
import java.util.Objects;
import org.counterweight.guide.Convention;
import org.counterweight.guide.rule.AdaptiveProjected;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.rule.MagnitudeAware;
import org.counterweight.guide.rule.Tangential;
import org.counterweight.guide.rule.ZeroStar;

/** The rules of guidance by the words of a user; what they do is in their papers. */
public enum RuleName {
    PLAIN {
        @Override
        Guider guider(Convention convention, DrawConfig draw) {
            return new ClassifierFree(convention, draw.rescale());
        }
    },
    /** The ordinary rule; what differs is how a sampler goes on from it. */
    CFG_PP {
        @Override
        Guider guider(Convention convention, DrawConfig draw) {
            return ClassifierFree.of(convention);
        }
    },
    APG {
        @Override
        Guider guider(Convention convention, DrawConfig draw) {
            return new AdaptiveProjected(
                    new AdaptiveProjected.Settings(
                            draw.momentum(),
                            Objects.requireNonNull(draw.norm()),
                            Objects.requireNonNull(draw.eta()),
                            draw.rescale()),
                    convention);
        }
    },
    ZERO_STAR {
        @Override
        Guider guider(Convention convention, DrawConfig draw) {
            return new ZeroStar(convention, Objects.requireNonNull(draw.zeroSteps()), draw.rescale());
        }
    },
    MAMBO_G {
        @Override
        Guider guider(Convention convention, DrawConfig draw) {
            return new MagnitudeAware(convention, Objects.requireNonNull(draw.alpha()), draw.rescale());
        }
    },
    TANGENTIAL {
        @Override
        Guider guider(Convention convention, DrawConfig draw) {
            return new Tangential(convention, draw.rescale());
        }
    };

    abstract Guider guider(Convention convention, DrawConfig draw);

    /** As settings have it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
