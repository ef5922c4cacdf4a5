package org.counterweight.guide.learn;

import org.counterweight.guide.Convention;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.rule.MagnitudeAware;
import org.counterweight.guide.rule.Tangential;
import org.counterweight.guide.rule.ZeroStar;

/** The rules of guidance that go with any prediction, by the words of a user, at the settings of their papers. */
public enum RuleName {
    PLAIN {
        @Override
        public Guider guider(Convention convention, double rescale) {
            return new ClassifierFree(convention, rescale);
        }
    },
    ZERO_STAR {
        @Override
        public Guider guider(Convention convention, double rescale) {
            return new ZeroStar(convention, 0, rescale);
        }
    },
    MAMBO_G {
        @Override
        public Guider guider(Convention convention, double rescale) {
            return new MagnitudeAware(convention, ALPHA, rescale);
        }
    },
    TANGENTIAL {
        @Override
        public Guider guider(Convention convention, double rescale) {
            return new Tangential(convention, rescale);
        }
    };

    private static final double ALPHA = 8; // diffusers' default

    /**
     * The rule.
     *
     * @param convention of its weights
     * @param rescale phi, from 0 for none to 1
     */
    public abstract Guider guider(Convention convention, double rescale);
}
