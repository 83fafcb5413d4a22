//! Gives up on an answer that takes too long.

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

use crate::protocol::error::{ApiError, ErrorCode};

/// How long an answer may take. Without a limit, a connection that never answers would stop the outbox or the
/// board for ever.
const ANSWER_WAIT_MS: u32 = 15_000;

/// Gives up on an answer that takes too long.
pub(crate) async fn in_time<T>(answer: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    match select(std::pin::pin!(answer), TimeoutFuture::new(ANSWER_WAIT_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(ApiError::plain(ErrorCode::Unreachable)),
    }
}
