//! Does a judgement say what the loss says, and what people said?

use super::agree::{equal, near};
use crate::conformance::probe::Probe;
use crate::conformance::subject::Subject;
use medley_evaluation::{Answer, Judgement, Scored};

pub(super) fn judgement(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let numbers = probe.numbers(1, 10);
    let losses = probe.losses(&numbers, &probe.all());
    let scored = Scored {
        responses: probe.objective.responses(),
        judgements: probe.judge(&numbers),
        returns: Default::default(),
    };
    scored.check().map_err(|error| error.to_string())?;
    let told: Vec<f64> = scored.judgements.iter().map(|j| -j.log_likelihood).collect();
    equal("negative log-likelihoods of judgements", &told, &losses, 1e-9)?;
    let told: Vec<f64> = probe.log_likelihoods(&numbers).iter().map(|log| -log).collect();
    equal("negative log-likelihoods", &told, &losses, 1e-9)?;
    members_are_mixed(&probe)?;
    members_are_told_apart(&probe)
}

/// What members predict before an answer is known is what they are judged by, where that can be told.
fn members_are_told_apart(probe: &Probe<'_>) -> Result<(), String> {
    let numbers = probe.numbers(3, 12);
    let Some(predicted) = probe.log_probabilities(&numbers) else { return Ok(()) };
    let judged = probe.judge(&numbers);
    if predicted.len() != judged.len() {
        return Err(format!("{} predictions of {} statements", predicted.len(), judged.len()));
    }
    for (i, (members, judgement)) in predicted.iter().zip(&judged).enumerate() {
        let outcomes = judgement.log_probabilities.len();
        if members.len() != 3 || members.iter().any(|own| own.len() != outcomes) {
            let found: Vec<usize> = members.iter().map(Vec::len).collect();
            return Err(format!(
                "predictions of statement {i} are of {found:?} outcomes, and not of {outcomes} under each \
                 of 3 members"
            ));
        }
        let mixed =
            |outcome: usize| members.iter().map(|own| own[outcome].exp()).sum::<f64>() / 3.0;
        let mixed: Vec<f64> = (0..outcomes).map(mixed).collect();
        let told: Vec<f64> = judgement.log_probabilities.iter().map(|log| log.exp()).collect();
        equal(&format!("probabilities of statement {i}, mixed"), &mixed, &told, 1e-6)?;
    }
    Ok(())
}

/// An ensemble is a mixture of its members.
fn members_are_mixed(probe: &Probe<'_>) -> Result<(), String> {
    let numbers = probe.numbers(3, 11);
    let losses = probe.losses(&numbers, &probe.all());
    let count = losses.len() / 3;
    for (i, judgement) in probe.judge(&numbers).iter().enumerate() {
        let hard = judgement.answer.observed.iter().all(|&share| share == 0.0 || share == 1.0);
        let mixed = (0..3).map(|m| (-losses[m * count + i]).exp()).sum::<f64>() / 3.0;
        let found = judgement.log_likelihood.exp();
        if hard && !near(found, mixed, 1e-5) {
            return Err(format!(
                "likelihood of statement {i} under three members is {found}, their mean is {mixed}"
            ));
        }
    }
    Ok(())
}

pub(super) fn answers(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let all = probe.all();
    let answers = probe.objective.answers(&all);
    let responses = probe.objective.responses();
    if answers.responses != responses {
        return Err(format!(
            "answers are over {:?}, judgements over {responses:?}",
            answers.responses
        ));
    }
    carried(&answers.list, &probe.judge(&probe.numbers(1, 16)), all.len())?;
    let backwards: Vec<usize> = all.iter().rev().copied().collect();
    let mut turned = probe.objective.answers(&backwards).list;
    turned.reverse();
    match turned == answers.list {
        true => Ok(()),
        false => Err("answers are not in the order of the statements asked for".to_owned()),
    }
}

/// Whether judgements of so many statements carry the answers.
pub(super) fn carried(
    answers: &[Answer],
    judged: &[Judgement],
    statements: usize,
) -> Result<(), String> {
    if answers.len() != statements || judged.len() != statements {
        let (told, judged) = (answers.len(), judged.len());
        return Err(format!("{told} answers and {judged} judgements of {statements} statements"));
    }
    for (i, (answer, judgement)) in answers.iter().zip(judged).enumerate() {
        if *answer != judgement.answer {
            let carried = &judgement.answer;
            return Err(format!("statement {i} is answered {answer:?} and judged {carried:?}"));
        }
    }
    Ok(())
}
