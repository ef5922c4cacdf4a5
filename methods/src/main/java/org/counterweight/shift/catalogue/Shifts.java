package org.counterweight.shift.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.shift.abtest.table.AbWeightedConfig;
import org.counterweight.shift.classes.ClassBalanceConfig;
import org.counterweight.shift.doubleweighting.ratio.DensityRatioConfig;
import org.counterweight.shift.doubleweighting.table.DoubleWeightingConfig;
import org.counterweight.shift.fairness.batch.FairBatchConfig;
import org.counterweight.shift.fairness.frontier.FairTrainingConfig;
import org.counterweight.shift.fairness.penalty.FairPenaltyConfig;
import org.counterweight.shift.fairness.table.FairCorrelationConfig;

/** Weighers of tables: rows get a number each before anything is trained. */
public final class Shifts implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
                new Method(
                        "double_weighting",
                        "shift.doubleweighting.table",
                        Verb.WEIGH,
                        "J. I. Segovia-Martin, S. Mazuelas and A. Liu, Double-Weighting for Covariate Shift Adaptation,"
                                + " ICML 2023",
                        "Weighs training rows towards the table where the model will be used, and that table's rows by how"
                                + " far they can be trusted",
                        "min v^T K v, v = (beta/n, -alpha/t), 0 <= beta <= B/sqrt(D), 0 <= alpha <= 1, |alpha - 1| <= (1 -"
                                + " 1/sqrt(D)) sqrt(t)",
                        DoubleWeightingConfig.class),
                new Method(
                        "density_ratio",
                        "shift.doubleweighting.ratio",
                        Verb.WEIGH,
                        "M. Yamada et al., Relative Density-Ratio Estimation for Robust Distribution Comparison, NeurIPS"
                                + " 2011",
                        "Weighs training rows by how much denser the table is where the model will be used",
                        "w(x) = p_te(x) / (a p_te(x) + (1 - a) p_tr(x)), by kernels, likelihood or regression",
                        DensityRatioConfig.class),
                new Method(
                        "class_balance",
                        "shift.classes",
                        Verb.WEIGH,
                        "Y. Cui et al., Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019",
                        "Weighs rows by how rare their class is",
                        "w_c ~ n_c^-power, or (1 - beta) / (1 - beta^n_c), with mean 1",
                        ClassBalanceConfig.class),
                new Method(
                        "fair_correlation_shifts",
                        "shift.fairness.table",
                        Verb.WEIGH,
                        "Y. Roh, K. Lee, S. E. Whang and C. Suh, Improving Fair Training under Correlation Shifts, ICML"
                                + " 2023",
                        "Moves the shares of label and group to the correlation that the model will meet, before fair"
                                + " training",
                        "min |w' - w|^2, Pr'(y=1|z=1) - Pr'(y=1|z=0) = c, margins within g_y and g_z; rows weigh w'_k /"
                                + " w_k",
                        FairCorrelationConfig.class),
                new Method(
                        "fair_training",
                        "shift.fairness.frontier",
                        Verb.WEIGH,
                        "A. Agarwal et al., A Reductions Approach to Fair Classification, ICML 2018; M. B. Zafar et al.,"
                                + " Fairness Constraints, AISTATS 2017; Y. Roh et al., FairBatch, ICLR 2021",
                        "Fits fair linear classifiers of a table by several algorithms, and tells what fairness costs",
                        "min err(h) s.t. |Pr(h=1|z) - Pr(h=1)| <= eps; or s.t. |cov(z, theta^T x)| <= bound; or + rho"
                                + " gap^2",
                        FairTrainingConfig.class),
                new Method(
                        "fairbatch",
                        "shift.fairness.batch",
                        Verb.RUN,
                        "Y. Roh, K. Lee, S. E. Whang and C. Suh, FairBatch: Batch Selection for Model Fairness, ICLR"
                                + " 2021",
                        "Lets the shares of two groups in a classifier's batches follow their losses",
                        "lambda_y += alpha where E(y, z=1) > E(y, z=0), else -= alpha; a batch has lambda_y of its rows"
                                + " with y from z=1",
                        FairBatchConfig.class),
                new Method(
                        "fair_penalty",
                        "shift.fairness.penalty",
                        Verb.RUN,
                        "M. Wan, D. Zha, N. Liu and N. Zou, In-Processing Modeling Techniques for Machine Learning"
                                + " Fairness: A Survey, TKDD 2023",
                        "Adds the squared gap between two groups to a classifier's loss",
                        "L + rho (mean_{z=1} p - mean_{z=0} p)^2",
                        FairPenaltyConfig.class),
                new Method(
                        "ab_weighted_training",
                        "shift.abtest.table",
                        Verb.WEIGH,
                        "N. Si, Tackling Interference Induced by Data Training Loops in A/B Tests: A Weighted Training"
                                + " Approach, 2023",
                        "Weighs the records of an A/B test so that each arm's model learns as if its arm were alone",
                        "w_T = E[Z | X] / p, w_C = (1 - E[Z | X]) / (1 - p)",
                        AbWeightedConfig.class));
    }
}
