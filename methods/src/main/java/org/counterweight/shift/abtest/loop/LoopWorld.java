package org.counterweight.shift.abtest.loop;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The simulated users of section 5 of the paper: each is shown one of N videos, finishes it with probability
 * sigmoid(β_FR x + offset), and stays for an exponential time of mean β_SD x.
 *
 * @param isShort of each candidate, 1 or 0, {@code [N]}
 * @param finish β_FR, long videos first, {@code [2, d]}
 * @param stay β_SD, long videos first, {@code [2, d]}
 * @param offset of the finish
 */
public record LoopWorld(Tensor isShort, Tensor finish, Tensor stay, double offset) {
    /**
     * What chance brings to a period.
     *
     * @param x features of every user's candidates, {@code [B, N, d]}
     * @param assign uniform: in the treatment where below p, {@code [B]}
     * @param finish uniform: finished where below the probability, {@code [B]}
     * @param stay unit exponentials, multiplied by the mean, {@code [B]}
     */
    public record Draws(Tensor x, Tensor assign, Tensor finish, Tensor stay) {}

    /**
     * What users were shown, and did.
     *
     * @param index of the candidate, {@code int64 [B]}
     * @param features x and whether it was short, {@code [B, d + 1]}
     * @param records with a last feature of 1, {@code [B, d + 2]}
     */
    public record Shown(Tensor index, Tensor features, BehaviourModel.Records records) {
        /** Finish, stay and whether it was short, {@code [B, 3]}. */
        public Tensor outcomes() {
            Tensor wasShort = features.select(1, features.size(1) - 1);
            return torch.stack(new TensorVector(records.finish(), records.stay(), wasShort), 1);
        }
    }

    /**
     * The candidate of highest α · finish + stay for each user, the first of equals, as the model of the user's arm sees them.
     *
     * @param finishes θ_f of each user, {@code [B, d + 2]}
     * @param stays θ_s of each user, {@code [B, d + 2]}
     * @param alpha α of each user, {@code [B]}
     */
    Tensor ranked(Tensor x, Tensor finishes, Tensor stays, Tensor alpha) {
        long d = x.size(2);
        Tensor slopes = torch.stack(new TensorVector(finishes.narrow(1, 0, d), stays.narrow(1, 0, d)), 2);
        Tensor linear = x.bmm(slopes); // [B, N, 2]
        Tensor finish = linear.select(2, 0).add(rest(finishes, d)).sigmoid();
        Tensor stay = linear.select(2, 1).add(rest(stays, d));
        Tensor score = finish.mul(alpha.unsqueeze(1)).add(stay);
        return score.argmax(new LongOptional(1), false);
    }

    /** What indicator and constant add, {@code [B, N]}. */
    private Tensor rest(Tensor theta, long d) {
        Tensor indicator = theta.narrow(1, d, 1).mul(isShort.unsqueeze(0));
        return indicator.add(theta.narrow(1, d + 1, 1));
    }

    /** What users do with what they are shown, {@code int64 [B]} candidates. */
    public Shown shown(Draws draws, Tensor index) {
        Tensor x = draws.x;
        Tensor picked = x.gather(1, index.view(-1, 1, 1).expand(x.size(0), 1, x.size(2)))
                .squeeze(1);
        Tensor wasShort = isShort.index_select(0, index);
        Tensor kind = wasShort.to(torch.ScalarType.Long);
        Tensor probability = plus(sum(picked.mul(finish.index_select(0, kind)), false, 1), offset)
                .sigmoid();
        Tensor finished = draws.finish.lt(probability).to(x.scalar_type());
        Tensor stayed = draws.stay.mul(sum(picked.mul(stay.index_select(0, kind)), false, 1));
        Tensor features = torch.cat(new TensorVector(picked, wasShort.unsqueeze(1)), 1);
        Tensor one = torch.ones_like(wasShort).unsqueeze(1);
        var records = new BehaviourModel.Records(torch.cat(new TensorVector(features, one), 1), finished, stayed);
        return new Shown(index, features, records);
    }
}
