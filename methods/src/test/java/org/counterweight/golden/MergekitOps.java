package org.counterweight.golden;

import java.util.Map;
import org.counterweight.merge.stream.MergekitCases;

final class MergekitOps {
    static final Map<String, Op> ALL = Map.of(
            "mergekit.merge", MergekitCases::merge,
            "mergekit.gta_tensor", MergekitCases::taskVectors,
            "mergekit.setting", MergekitCases::setting,
            "mergekit.permute_embeddings", MergekitCases::permuteEmbeddings);

    private MergekitOps() {}
}
