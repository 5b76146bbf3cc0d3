//! Figures that clients have drawn from results.

use api::{
    CreateVisualizationRequest, UpdateVisualizationRequest, Visualization, VisualizationFilter,
};
use chrono::Utc;
use store::{Page, StorageLimits};
use uuid::Uuid;

use crate::{
    Service, datasets,
    error::{Error, Result},
    jobs,
};

/// Returns a page of this owner's figures that match the filter.
pub async fn list(
    service: &Service,
    owner: &str,
    filter: &VisualizationFilter,
    page: &Page,
) -> Result<Vec<Visualization>> {
    Ok(service.store.visualizations(owner, filter, page).await?)
}

/// Stores a new figure of one of this owner's results.
pub async fn create(
    service: &Service,
    owner: &str,
    new: CreateVisualizationRequest,
) -> Result<Visualization> {
    jobs::find(service, owner, &new.job_id).await?;
    if let Some(dataset) = &new.dataset_id {
        datasets::find(service, owner, dataset).await?;
    }
    let now = Utc::now();
    let unique = Uuid::new_v4().simple().to_string();
    let drawn = Visualization {
        viz_id: format!("viz_{}_{}", now.timestamp(), &unique[..16]),
        job_id: new.job_id,
        dataset_id: new.dataset_id,
        title: new.title,
        description: new.description,
        spec: new.spec,
        config: new.config,
        metadata: new.metadata,
        created_at: now,
        updated_at: now,
    };
    put(service, owner, &drawn).await?;
    Ok(drawn)
}

/// Updates a figure of this owner. Absent fields do not change.
pub async fn update(
    service: &Service,
    owner: &str,
    id: &str,
    change: UpdateVisualizationRequest,
) -> Result<Visualization> {
    let mut drawn = find(service, owner, id).await?;
    drawn.title = change.title.unwrap_or(drawn.title);
    drawn.description = change.description.or(drawn.description);
    drawn.spec = change.spec.unwrap_or(drawn.spec);
    drawn.config = change.config.or(drawn.config);
    drawn.metadata = change.metadata.or(drawn.metadata);
    drawn.updated_at = Utc::now();
    put(service, owner, &drawn).await?;
    Ok(drawn)
}

/// Deletes a figure of this owner.
pub async fn remove(service: &Service, owner: &str, id: &str) -> Result<()> {
    if service.store.remove_visualization(owner, id).await? {
        Ok(())
    } else {
        Err(Error::NoVisualization { id: id.to_owned() })
    }
}

/// Returns a figure of this owner.
pub async fn find(service: &Service, owner: &str, id: &str) -> Result<Visualization> {
    let found = service.store.visualization(owner, id).await?;
    found.ok_or_else(|| Error::NoVisualization { id: id.to_owned() })
}

/// Stores a figure if its owner's quotas allow it.
async fn put(service: &Service, owner: &str, drawn: &Visualization) -> Result<()> {
    let quotas = &service.config.quotas;
    let limits = StorageLimits {
        visualizations: quotas.visualizations,
        bytes: quotas.stored_bytes,
    };
    let stored = service.store.put_visualization(owner, drawn, limits);
    Ok(stored.await??)
}
