package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import java.util.List;
import org.counterweight.shift.abtest.ArmSums;
import org.counterweight.shift.measure.WeightHistogram;

/**
 * What was found for a log.
 *
 * @param inputs what the model sees
 * @param treated outcomes of the treatment
 * @param controlled outcomes of the control
 * @param judged how the probabilities fare on rows that they were not learnt from
 * @param treatment the weights of the treatment's model, before they are divided by their mean
 * @param control those of the control's
 * @param clipped records whose probability was moved into the bounds
 * @param weighted means of the outcomes of all records, weighted for each arm
 * @param outcomes their names
 */
record ArmFit(
        ArmModel model,
        ArmInputs inputs,
        Assignment assignment,
        ArmSums treated,
        ArmSums controlled,
        ArmCalibration judged,
        WeightHistogram treatment,
        WeightHistogram control,
        long clipped,
        WeightedMeans weighted,
        List<String> outcomes)
        implements AutoCloseable, Serializable {
    @Override
    public void close() {} // plain numbers
}
