from django.urls import path

from .views import items, meetings, plans, reviews

app_name = "plans"
urlpatterns = [
    path("plans/", plans.plan_list, name="list"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/items/new/", items.new, name="new_item"),
    path("plans/items/<int:pk>/", items.item, name="item"),
    path("plans/items/<int:pk>/edit/", items.edit, name="edit_item"),
    path("reviews/", reviews.queue, name="queue"),
    path("reviews/approve/", reviews.approve_several, name="approve_several"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
]
